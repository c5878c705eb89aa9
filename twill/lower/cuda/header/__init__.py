"""Parts of ``twill.cuh``; a kernel gets those that its instructions need."""
