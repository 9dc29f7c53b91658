"""What the journeys and `scripts/bench` share: the feed, clients as an integrator would write them, the company set-up."""
