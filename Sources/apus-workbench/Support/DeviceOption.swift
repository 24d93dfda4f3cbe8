import ApusTorch
import ArgumentParser

/// Refuses a name that no device has, before anything is read.
func checkDevice(_ name: String?) throws {
    guard let name, !Device.isName(name) else { return }
    throw ValidationError("--device is '\(name)'; choose auto, cpu, cuda or cuda:N.")
}
