from . import interface_page, main
