// How dates are written in several languages: the names of months and days, and the usual orders.
//
// Parts of a pattern: %d, %D the day (%D with two digits), %o the day's ordinal, %w its ordinal in words, %m, %M the
// month in digits, %b, %B its name (%b short), %R its Roman number, %A the weekday, %Y the year, %y its last two digits.

/// A language of dates.
struct DateLanguage: Sendable {
  let months: [String]
  let shortMonths: [String]
  /// From Monday on.
  let weekdays: [String]
  let patterns: [String]
  /// The ordinal of a day.
  let ordinal: @Sendable (Int) -> String

  private init(
    _ months: String, _ shortMonths: String, _ weekdays: String, _ patterns: String,
    ordinal: @escaping @Sendable (Int) -> String = { "\($0)." }
  ) {
    let words = { (text: String) in text.split(separator: " ").map(String.init) }
    (self.months, self.shortMonths, self.weekdays) = (words(months), words(shortMonths), words(weekdays))
    self.patterns = patterns.split(separator: "|").map(String.init)
    self.ordinal = ordinal
  }

  static let all = [
    english, german, french, spanish, italian, portuguese, dutch, swedish, polish, chinese, numbers,
  ]

  private static let english = DateLanguage(
    "January February March April May June July August September October November December",
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "%d %B %Y|%D %B %Y|%o %B %Y|%B %d, %Y|%B %o, %Y|%b %d, %Y|%b %d %Y|%d %b %Y|%d-%b-%Y|%D-%b-%y|%d %b %y|"
      + "the %o of %B, %Y|%o of %B %Y|%w of %B %Y|%B the %w, %Y|%A, %d %B %Y|%A, %B %d, %Y|%A %o %B %Y|%Y %B %d|"
      + "%Y, %B %o"
  ) { day in
    let ending = (11...13).contains(day) ? "th" : [1: "st", 2: "nd", 3: "rd"][day % 10] ?? "th"
    return "\(day)\(ending)"
  }

  private static let german = DateLanguage(
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "%o %B %Y|%o %b %Y|%A, %o %B %Y|%A, den %o %B %Y|am %o %B %Y|%o %B %y|%A, %D.%M.%Y")

  private static let french = DateLanguage(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "%o %B %Y|%o %b %Y|le %o %B %Y|%A %o %B %Y|%A, le %o %B %Y"
  ) { $0 == 1 ? "1er" : "\($0)" }

  private static let spanish = DateLanguage(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago sep oct nov dic",
    "lunes martes miércoles jueves viernes sábado domingo",
    "%d de %B de %Y|el %d de %B de %Y|%A, %d de %B de %Y|%d %b %Y|%d %B %Y")

  private static let italian = DateLanguage(
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "%o %B %Y|%d %b %Y|%A %o %B %Y|il %o %B %Y"
  ) { $0 == 1 ? "1º" : "\($0)" }

  private static let portuguese = DateLanguage(
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "%d de %B de %Y|%A, %d de %B de %Y|%d %b %Y|em %d de %B de %Y")

  private static let dutch = DateLanguage(
    "januari februari maart april mei juni juli augustus september oktober november december",
    "jan. feb. mrt. apr. mei juni juli aug. sep. okt. nov. dec.",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "%d %B %Y|%d %b %Y|%A %d %B %Y|op %d %B %Y")

  private static let swedish = DateLanguage(
    "januari februari mars april maj juni juli augusti september oktober november december",
    "jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.",
    "måndag tisdag onsdag torsdag fredag lördag söndag",
    "%d %B %Y|den %d %B %Y|%A %d %B %Y|%Aen den %d %B %Y")

  private static let polish = DateLanguage(
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "%d %B %Y|%d %B %Y r.|%A, %d %B %Y|%d %b %Y|%d %R %Y")

  private static let chinese = DateLanguage(
    "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
    "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
    "星期一 星期二 星期三 星期四 星期五 星期六 星期日",
    "%Y年%m月%d日|%Y年%B%d日|%Y年%M月%D日|%Y年%m月%d日%A|%Y 年 %m 月 %d 日")

  /// Numbers alone, in orders that their separators tell: points for day and month, slashes for month and day.
  private static let numbers = DateLanguage(
    english.months.joined(separator: " "), english.shortMonths.joined(separator: " "),
    english.weekdays.joined(separator: " "),
    "%d.%m.%Y|%D.%M.%Y|%m/%d/%Y|%M/%D/%Y|%Y/%M/%D|%Y/%m/%d|%Y-%M-%D|%Y%M%D|%m/%d/%y|%d.%m.%y|%Y.%M.%D|%d-%R-%Y"
  )

  static let romanMonths = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
  static let englishOrdinals = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth",
    "twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth",
    "twenty-sixth",
    "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first",
  ]
}
