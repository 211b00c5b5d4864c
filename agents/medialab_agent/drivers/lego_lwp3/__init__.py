"""LEGO hubs that speak the LEGO Wireless Protocol 3: SPIKE Essential, BOOST, City, Technic and others."""
