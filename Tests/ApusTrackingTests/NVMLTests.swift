import ApusCore
import Glibc
import Testing

@testable import ApusTracking

/// A stand-in for NVIDIA's library with two devices, the second of which tells its memory alone. Without a C compiler
/// there is none.
private let standIn: Bool = {
    guard dlopen("libnvidia-ml.so.1", RTLD_NOW) == nil, let folder = try? TemporaryFolder() else { return false }
    let source = """
        #include <string.h>
        typedef unsigned long handle;
        int nvmlInit_v2(void) { return 0; }
        int nvmlDeviceGetCount_v2(unsigned *n) { *n = 3; return 0; }
        int nvmlDeviceGetHandleByIndex_v2(unsigned i, handle *h) { *h = i + 1; return i < 2 ? 0 : 15; }
        int nvmlDeviceGetMemoryInfo(handle h, unsigned long long *m) {
            m[0] = 80000000000; m[2] = 20000000000 * h; m[1] = m[0] - m[2];
            return 0;
        }
        int nvmlDeviceGetUtilizationRates(handle h, unsigned *u) { u[0] = 71; u[1] = 12; return h == 1 ? 0 : 3; }
        int nvmlDeviceGetPowerUsage(handle h, unsigned *p) { *p = 350000; return h == 1 ? 0 : 3; }
        int nvmlDeviceGetEnforcedPowerLimit(handle h, unsigned *p) { *p = 700000; return h == 1 ? 0 : 3; }
        int nvmlDeviceGetName(handle h, char *s, unsigned n) { strncpy(s, h == 1 ? "One" : "Two", n); return 0; }
        """
    let library = folder.path + "/stand-in.so"
    guard (try? FileSystem.writeWhole(source, to: folder.path + "/stand-in.c")) != nil else { return false }
    let words = [
        "cc", "-shared", "-fPIC", "-Wl,-soname,libnvidia-ml.so.1", "-o", library, folder.path + "/stand-in.c",
    ]
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t(), status: Int32 = 0
    guard posix_spawnp(&process, "cc", nil, nil, &arguments, environ) == 0 else { return false }
    waitpid(process, &status, 0)
    // From here on the loader knows a library of this name.
    return status == 0 && dlopen(library, RTLD_NOW) != nil
}()

@Suite(.enabled(if: standIn)) struct NVMLTests {
    @Test func `what devices tell becomes MLflow's metrics, and what they do not tell is left out`() throws {
        let devices = try #require(NVML())
        #expect(devices.names == ["One", "Two"])
        #expect(
            devices.metrics() == [
                "system/gpu_0_memory_usage_megabytes": 20_000, "system/gpu_0_memory_usage_percentage": 25,
                "system/gpu_0_utilization_percentage": 71, "system/gpu_0_power_usage_watts": 350,
                "system/gpu_0_power_usage_percentage": 50, "system/gpu_1_memory_usage_megabytes": 40_000,
                "system/gpu_1_memory_usage_percentage": 50,
            ])
    }
}
