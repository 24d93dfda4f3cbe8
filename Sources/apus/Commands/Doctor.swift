import ApusDatasets
import ApusTorch
import ArgumentParser
import CApusKernels
import CApusOpenCV
import Foundation

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what this build of Apus found on this machine, and what is missing.",
        discussion: """
              apus doctor
              apus doctor --json
            """)

    @Flag(help: "Print one JSON object.") var json = false

    struct Finding: Codable {
        var name: String
        var found: String
        var isMissing: Bool
        var remedy: String
    }

    func run() throws {
        let findings = Doctor.findings()
        if json {
            try printJSON(findings)
        } else {
            for finding in findings {
                let remedy = finding.remedy.isEmpty ? "" : " — \(finding.remedy)"
                print("\(finding.isMissing ? "✗" : "✓") \(finding.name.padding(toLength: 14, withPad: " ", startingAt: 0)) \(finding.found)\(remedy)")
            }
        }
        if findings.contains(where: \.isMissing) { throw ExitCode(1) }
    }

    static func findings() -> [Finding] {
        [
            Finding(name: "Apus", found: apusVersion, isMissing: false, remedy: ""),
            swift(), libTorch(), cuda(),
            Finding(name: "OpenCV", found: String(cString: apus_cv_version()), isMissing: false, remedy: ""),
            Finding(name: "HDF5", found: hdf5LibraryVersion(), isMissing: false, remedy: ""),
            processor(), garments(),
        ]
    }

    private static func swift() -> Finding {
        #if compiler(>=6.3)
            Finding(name: "Swift", found: "6.3 or newer built this", isMissing: false, remedy: "")
        #else
            Finding(name: "Swift", found: "older than 6.3 built this", isMissing: false, remedy: "Swift 6.3 is what Apus is tested with")
        #endif
    }

    private static func libTorch() -> Finding {
        Finding(name: "LibTorch", found: "\(Torch.version), \(Torch.cpuCapability)", isMissing: false, remedy: "")
    }

    private static func cuda() -> Finding {
        let count = Torch.cudaDeviceCount
        guard count == 0 else { return Finding(name: "CUDA", found: "\(count) devices", isMissing: false, remedy: "") }
        return Finding(name: "CUDA", found: "no device; training uses the CPU", isMissing: false, remedy: "")
    }

    private static func processor() -> Finding {
        let isFast = apus_best_cpu() == APUS_AVX2
        return Finding(
            name: "CPU", found: "\(ProcessInfo.processInfo.activeProcessorCount) cores, \(isFast ? "AVX2 and FMA" : "no AVX2")", isMissing: false,
            remedy: isFast ? "" : "without AVX2 and FMA the readable kernels run, several times slower")
    }

    private static func garments() -> Finding {
        let path = "/usr/share/datasets/fashion-mnist"
        let isThere = FileManager.default.fileExists(atPath: path)
        return Finding(
            name: "garments", found: isThere ? path : "not found", isMissing: !isThere,
            remedy: isThere ? "" : "for the quickstart: apt-get install dataset-fashion-mnist")
    }
}
