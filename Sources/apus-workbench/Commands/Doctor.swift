import ApusCommands
import ApusCore
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
                print("\(finding.isMissing ? "✗" : "✓") \(finding.name.padded(to: 12))\(finding.found)\(remedy)")
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

    /// The toolchain on the PATH, which builds Apus; a built command runs without it.
    private static func swift() -> Finding {
        guard let text = output(of: ["swift", "--version"]), let range = text.range(of: "Swift version ") else {
            return Finding(
                name: "Swift", found: "none on the PATH", isMissing: true,
                remedy: "install Swift 6.3 or newer to build Apus")
        }
        let version = text[range.upperBound...].prefix { !$0.isWhitespace }
        return Finding(name: "Swift", found: String(version), isMissing: false, remedy: "")
    }

    private static func output(of command: [String]) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }

    private static func libTorch() -> Finding {
        Finding(
            name: "LibTorch", found: "\(Torch.version), \(Torch.cpuCapability) kernels", isMissing: false, remedy: "")
    }

    private static func cuda() -> Finding {
        if Torch.isCUDAAvailable {
            let names = (0..<Torch.cudaDeviceCount).compactMap { try? Device(named: "cuda:\($0)").name }
            return Finding(name: "CUDA", found: names.joined(separator: ", "), isMissing: false, remedy: "")
        }
        return Finding(name: "CUDA", found: "no device; training uses the CPU", isMissing: false, remedy: "")
    }

    private static func processor() -> Finding {
        let isFast = apus_best_cpu() != APUS_GENERIC
        return Finding(
            name: "CPU",
            found: "\(ProcessInfo.processInfo.activeProcessorCount) cores, \(isFast ? "AVX2 and FMA" : "no AVX2")",
            isMissing: false,
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
