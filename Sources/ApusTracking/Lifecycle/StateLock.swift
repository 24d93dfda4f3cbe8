import ApusCore
import Glibc

/// Runs `body` while no other process or thread of Apus changes the state of the run in `folder`: its status, name and
/// whether it is deleted. Nothing is written for that; a file system without locks is worked on without one, as MLflow
/// does everywhere.
func lockingState<R>(
    of folder: String, _ body: () throws(TrackingError) -> R
) throws(TrackingError) -> R {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(FileError("open", folder)) }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
        if errno == ENOLCK || errno == EOPNOTSUPP || errno == EINVAL { break }
        guard errno == EINTR else { throw .file(FileError("lock", folder)) }
    }
    return try body()
}
