"""From a schedule to one program per role: instructions, rings, barriers, memory."""
