#define _GNU_SOURCE

#include "CApusFiles.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

int apus_files_write_back(int file, bool waits) {
    unsigned flags = SYNC_FILE_RANGE_WRITE;
    if (waits) flags |= SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WAIT_AFTER;
    return sync_file_range(file, 0, 0, flags) == 0 ? 0 : errno;
}

bool apus_files_are_ordered(int folder) {
    struct statfs system;
    if (fstatfs(folder, &system) != 0) return false;
    return system.f_type == EXT4_SUPER_MAGIC || system.f_type == XFS_SUPER_MAGIC;
}
