from . import contracts, intents, interface_page, main
