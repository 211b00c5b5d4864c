"""Parts of a simulated board behind DAPLink."""
