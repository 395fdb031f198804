"""What the page and the door share: a web server that ends in order, and certificates that change."""
