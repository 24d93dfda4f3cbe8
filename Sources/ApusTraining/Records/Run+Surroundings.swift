import ApusConfiguration
import ApusCore
import ApusDatasets
import ApusTorch
import ApusTracking
import CApusOpenCV
import Glibc

extension Run {
    /// Records what a training of `experiment`, which `path` says, is made with.
    func logSurroundings(of experiment: Experiment, path: String) throws {
        let software = [
            "Apus": apusVersion, "LibTorch": Torch.version, "OpenCV": String(cString: apus_cv_version()),
            "HDF5": hdf5LibraryVersion(),
        ]
        try log(
            provenance: Provenance(software: software, seed: experiment.seed),
            changesAt: Configuration.folder(of: path))
    }

    /// Does `work` while samples of the machine are recorded, as configured.
    func sampling<R>(_ configuration: SystemMetricsConfiguration, _ work: () throws -> R) rethrows -> R {
        let interval = SystemSampler.interval(configured: configuration.enabled ? configuration.interval : nil) {
            getenv($0).map { String(cString: $0) }
        }
        guard let interval else { return try work() }
        let sampler = SystemSampler(self, interval: interval)
        defer { sampler.stop() }
        return try work()
    }
}
