"""Driver for Thymio II robots, by cable or through their radio dongle."""
