/// The version of cpc.
public enum CPCVersion {
  /// By semantic versioning.
  public static let current = "0.1.0"
}
