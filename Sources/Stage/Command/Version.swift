// The one place that says which version this is.

/// The version of rnnpipe: of every command, of the streams' provenance and of the registry's runs.
public let rnnpipeVersion = "0.1.0"
