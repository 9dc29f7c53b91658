def post_init_hook(env):
    """Give the businesses that existed before this room their number, product and taxes."""
    env['waste.business'].with_context(active_test=False).search([])._ensure_contract_setup()
