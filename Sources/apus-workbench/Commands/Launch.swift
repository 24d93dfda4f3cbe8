import ApusCommands
import ApusCore
import ArgumentParser
import Foundation

struct Launch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train in several processes on this machine.",
        discussion: """
            Starts apus train several times with the environment that torchrun gives (RANK, WORLD_SIZE, LOCAL_RANK, \
            LOCAL_WORLD_SIZE, MASTER_ADDR, MASTER_PORT), the machine's cores divided among them. Each process makes its \
            part of every batch, batch statistics and losses are of the whole batch, and gradients are summed while the \
            backward pass still runs: the results are those of one process but for rounding (a last batch of fewer images \
            than processes is filled up first). One run is recorded. Where one process ends badly, all end within half a minute, and --resume goes on from the last checkpoint, with \
            any number of processes.

              apus launch --processes 2 train experiments/garments.yaml
              apus launch --processes 2 train --resume latest

            On several machines, start apus train under torchrun --no-python, Kubernetes' PyTorchJob, or Slurm, which has \
            names of its own for the environment; all need the workspace at one path.

              export MASTER_ADDR=$(scontrol show hostnames | head -n 1) MASTER_PORT=29500
              srun bash -c 'RANK=$SLURM_PROCID LOCAL_RANK=$SLURM_LOCALID WORLD_SIZE=$SLURM_NTASKS \
            apus train experiments/garments.yaml'

            Exit status: that of the process that failed first (see apus train); 128 and the signal's number, such as \
            137, where one was killed.
            """)

    @Option(help: ArgumentHelp("How many; no more than batch_size.", valueName: "count")) var processes: Int
    @Argument(
        parsing: .captureForPassthrough, help: ArgumentHelp("train and its arguments.", valueName: "train …"))
    var command: [String]

    func validate() throws {
        guard (1...1024).contains(processes) else { throw ValidationError("--processes takes 1 to 1024.") }
        guard words.first == "train" else {
            throw ValidationError("Say what to train: apus launch --processes 2 train experiments/garments.yaml.")
        }
    }

    /// Without the `--` that may stand before it.
    private var words: [String] { command.first == "--" ? Array(command.dropFirst()) : command }

    func run() throws {
        Interruption.listen()
        let workers = try WorkerProcesses(command: words, count: processes)
        guard let failure = workers.wait() else { return }
        if let message = failure.message { Terminal.complain("apus launch: " + message) }
        throw ExitCode(failure.status)
    }
}
