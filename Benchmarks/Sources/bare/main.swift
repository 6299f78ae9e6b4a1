// A process that does nothing: what a Swift program costs before it begins.
