from tests.own_database import own_database, own_world

__all__ = ["own_database", "own_world"]
