"""What the store is made of: which row keeps which record, what a read covered, what came late."""
