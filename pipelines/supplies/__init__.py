"""Supplies and who can use them: stocks, reserves, shelters, bases, experts and equipment."""
