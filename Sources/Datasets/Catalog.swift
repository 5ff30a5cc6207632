// The data sets known by name: their URLs, sizes and checksums, and how they are read.

/// A data set of the catalog.
public struct Dataset: Sendable {
  /// How its file is converted to rows.
  public enum Reading: Sendable, Equatable {
    /// An archive of texts in folders, `.../train/pos/0_9.txt`, with these classes in id order.
    case reviews(classes: [String])
    /// A CSV file, alone or as the member of an archive.
    case series(member: String? = nil, decimalComma: Bool = false)
    /// Plain text.
    case text
  }

  /// Its name on the command line.
  public let name: String
  /// A one-line description.
  public let summary: String
  /// License and source, if stated by the publisher.
  public let terms: String
  /// The URL.
  public let address: String
  /// The size of the file in bytes, if it was published.
  public let byteCount: Int?
  /// The published checksum of the file, if there is one. Otherwise, the first download is trusted and its SHA-256
  /// recorded.
  public let checksum: Checksum?
  /// How it is read.
  public let reading: Reading
}

extension Dataset {
  /// All data sets, by name.
  public static let catalog: [Dataset] = [
    Dataset(
      name: "airline-passengers", summary: "144 months of airline passengers, 1949 to 1960",
      terms: "Box and Jenkins 1976; 144 published figures", address: darts + "AirPassengers.csv",
      byteCount: nil,
      checksum: Checksum(.md5, digits: "167ffa96204a2b47339c21eea25baf32"), reading: .series()),
    Dataset(
      name: "electricity", summary: "load of 370 clients every 15 minutes, 2011 to 2014, 370 columns",
      terms: "UCI 321, CC BY 4.0; cite Trindade 2015",
      address: "https://archive.ics.uci.edu/ml/machine-learning-databases/00321/LD2011_2014.txt.zip",
      byteCount: 261_335_609,
      checksum: Checksum(
        .sha256, digits: "f6c4d0e0df12ecdb9ea008dd6eef3518adb52c559d04a9bac2e1b81dcfc8d4e1"),
      reading: .series(member: "LD2011_2014.txt", decimalComma: true)),
    transformer("etth1", "first transformer, hourly", "ETTh1.csv", md5: "8381763947c85f4be6ac456c508460d6"),
    transformer("etth2", "second transformer, hourly", "ETTh2.csv", md5: "51a229a3fc13579dd939364fefe9c7ab"),
    transformer(
      "ettm1", "first transformer, every 15 minutes", "ETTm1.csv", md5: "82d6bd89109c63d075d99c1077b33f38"),
    transformer(
      "ettm2", "second transformer, every 15 minutes", "ETTm2.csv", md5: "7687e47825335860bf58bccb31be0c56"),
    Dataset(
      name: "imdb", summary: "50,000 movie reviews, half for training and half for testing: neg 0, pos 1",
      terms: "for research; cite Maas et al. 2011",
      address: "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz", byteCount: 84_125_825,
      checksum: Checksum(
        .sha256, digits: "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe"),
      reading: .reviews(classes: ["neg", "pos"])),
    Dataset(
      name: "jena", summary: "weather at Jena every 10 minutes, 2009 to 2016, 14 columns",
      terms: "Max Planck Institute for Biogeochemistry; no license stated",
      address: "https://storage.googleapis.com/tensorflow/tf-keras-datasets/jena_climate_2009_2016.csv.zip",
      byteCount: 13_568_290, checksum: nil, reading: .series(member: "jena_climate_2009_2016.csv")),
    Dataset(
      name: "nietzsche", summary: "600 kB of Nietzsche in English, for character models",
      terms: "public domain", address: "https://s3.amazonaws.com/text-datasets/nietzsche.txt", byteCount: nil,
      checksum: nil, reading: .text),
    Dataset(
      name: "tiny-shakespeare", summary: "1.1 MB of Shakespeare, for character models",
      terms: "public domain; collected by Karpathy 2015",
      address: "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
      byteCount: 1_115_394,
      checksum: Checksum(
        .sha256, digits: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"),
      reading: .text),
  ]

  /// The data set called `name`, ignoring case; nil if there is none.
  public static func named(_ name: String) -> Dataset? {
    catalog.first { $0.name == name.lowercased() }
  }

  /// The copies that the published MD5 checksums belong to.
  private static let darts = "https://raw.githubusercontent.com/unit8co/darts/master/datasets/"

  private static func transformer(_ name: String, _ which: String, _ file: String, md5: String) -> Dataset {
    Dataset(
      name: name, summary: "load and oil temperature (OT), \(which), two years, 7 columns",
      terms: "CC BY-ND 4.0; cite Zhou et al. 2021", address: darts + file, byteCount: nil,
      checksum: Checksum(.md5, digits: md5), reading: .series())
  }
}
