"""What the simulator acknowledged outlives its process: kept in a file before the answer leaves.

Tokens, tickets and switches of the tests end with it, as do calls on their way.
"""
import os
import pickle
from pathlib import Path

LOST = ('lock', 'origin', 'settings', 'tokens', 'tickets')


class Memory:

    def __init__(self, world, path):
        self.world, self.path, self.kept = world, Path(path) if path else None, b''

    def recall(self):
        """Let the world go on where it was.

        :return: whether there was something to recall
        """
        if not self.path or not self.path.exists():
            return False
        self.kept = self.path.read_bytes()
        vars(self.world).update(pickle.loads(self.kept))
        return True

    def keep(self):
        """Write what changed. A file renamed survives the end of a process; it needn't survive that of the machine."""
        if not self.path:
            return
        with self.world.lock:
            content = pickle.dumps({name: value for name, value in vars(self.world).items() if name not in LOST})
            if content == self.kept:
                return
            beside = self.path.with_suffix('.new')
            beside.write_bytes(content)
            os.replace(beside, self.path)
            self.kept = content
