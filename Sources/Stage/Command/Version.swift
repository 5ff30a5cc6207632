// The only definition of the version.

/// The version of rnnpipe: of every command, of the streams' provenance and of the registry's runs.
public let rnnpipeVersion = "0.1.0"
