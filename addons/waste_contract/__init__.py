from . import controllers, models, tools, wizards
from .hooks import post_init_hook

__all__ = ['controllers', 'models', 'post_init_hook', 'tools', 'wizards']
