import ApusTracking
import ArgumentParser

/// What every command takes that changes the registry.
struct RegistryOptions: ParsableArguments {
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func open() throws -> ModelRegistry { ModelRegistry(try places.store()) }

    /// Tells people what was done.
    func say(_ text: String) { common.terminal.say(text) }
}
