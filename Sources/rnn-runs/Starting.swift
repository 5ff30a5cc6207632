// to be replaced by the first file of this target
