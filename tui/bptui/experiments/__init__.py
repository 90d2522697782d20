"""What is made of many runs (the cloud, the map, the advice), and the runner that trains them."""
