"""A network and its parts: layers, activations, losses, and the rules that start and update them."""
