import CApusTorch

/// Why LibTorch, a device or a checkpoint could not be used.
public enum TorchError: Error, Equatable, CustomStringConvertible {
    /// LibTorch refused an operation; the text is its own.
    case operation(String)
    /// The device is not there or could not be started.
    case device(String, reason: String)
    /// A checkpoint's bytes are not what the format says.
    case checkpoint(path: String, reason: String)
    /// A state dictionary does not fit the module it is loaded into.
    case state(String)

    /// A variable that tells a process its place among others.
    case environment(name: String, found: String?, expected: String)
    /// A process did not meet the others of its group.
    case meeting(rank: Int, of: Int, at: String, reason: String)
    /// Another process of the group has ended, or did not answer in time.
    case peers(reason: String)
    /// There is no memory for a tensor, on the CPU or a GPU.
    case memory(String)

    static var last: TorchError {
        let message = String(cString: apus_torch_last_error())
        return apus_torch_lacks_memory() ? .memory(message) : .operation(message)
    }

    public var description: String {
        switch self {
        case .operation(let message): "LibTorch: \(message)"
        case .device(let name, let reason): "the device \(name) cannot be used: \(reason)"
        case .checkpoint(let path, let reason): "\(path) cannot be read as weights: \(reason)"
        case .state(let message): message
        case .environment(let name, let found, let expected):
            """
            the environment's \(name) is \(found.map { "'\($0)'" } ?? "missing"), expected \(expected); apus launch and \
            torchrun set it
            """
        case .meeting(let rank, let size, let place, let reason):
            """
            process \(rank) of \(size) did not meet the others at \(place): \(reason); all need one MASTER_ADDR, \
            MASTER_PORT and WORLD_SIZE, and each a RANK of its own
            """
        case .peers(let reason):
            "another process of the group has ended or did not answer in time, so this one ends too (\(reason))"
        case .memory(let message):
            "out of memory (\(message)); choose a smaller batch_size or image_size, or another device"
        }
    }
}

/// Ends the program for a mistake in it, unless the calling thread watches its memory and has found none.
func require(
    _ status: apus_status, function: StaticString = #function, file: StaticString = #fileID, line: UInt = #line
) {
    if status != 0 && !apus_torch_is_exhausted() { mistake(function, file: file, line: line) }
}

/// Ends the program for a mistake in it, such as shapes that do not fit. What comes from outside is checked before.
func mistake(_ function: StaticString, file: StaticString, line: UInt) -> Never {
    preconditionFailure("\(function): \(String(cString: apus_torch_last_error()))", file: file, line: line)
}
