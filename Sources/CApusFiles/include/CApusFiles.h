#ifndef APUS_FILES_H
#define APUS_FILES_H

#include <stdbool.h>

// Calls of Linux that Swift's Glibc does not show.

/// Begins to write a file's bytes to the disk, and with `waits` returns when they are there; 0 or an errno.
int apus_files_write_back(int file, bool waits);

/// Whether the file system of an open folder keeps one journal in order: what a later commit follows is on the disk.
bool apus_files_are_ordered(int folder);

#endif
