"""Where things go on the page: `layered.place` is given a `Plan`, and gives `Places`."""
