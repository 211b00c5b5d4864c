"""iPads by USB through usbmuxd, and by a school's device management where that is switched on."""
