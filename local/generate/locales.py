"""Words of many scripts to make names and addresses from: common words and names, no person's own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Locale:
    """Where a generated customer lives; ``country`` and ``currency`` are codes of the set-up tables.

    ``company`` is a pattern of ``{family}``, ``{word}`` and ``{form}``; ``person`` of ``{given}`` and
    ``{family}``; ``street`` of ``{street}`` and ``{number}``. ``postal`` holds ``#`` for each digit.
    """

    country: str
    currency: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    words: tuple[str, ...]
    forms: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[str, ...]
    postal: str
    company: str = "{family} {word} {form}"
    person: str = "{given} {family}"
    street: str = "{street} {number}"
    states: tuple[str, ...] = ("",)


def _words(text: str) -> tuple[str, ...]:
    """The words between commas."""
    return tuple(word.strip() for word in text.split(","))


_BRITISH = Locale(
    "GB", "GBP",
    _words("Olivia, George, Amelia, Harry, Zoë, Siân, Niamh, Dermot, Mary-Jane, D'Arcy"),
    _words("Smith, O'Neill, Brontë, Featherstonehaugh, Jones, Taylor-Brown, Patel, Okafor, Le Fanu"),
    _words("Furniture, Interiors, Office Supplies, Lighting & Design, Timber, Trading, Bicycles, Brewing"),
    _words("Ltd., PLC, & Sons, LLP, (Holdings) Ltd."),
    _words("High Street, Station Road, Church Lane, St. John's Way, Mill Hill"),
    _words("London, Leeds, Stoke-on-Trent, King's Lynn, Kirkcaldy"), "LS# #AB",
    street="{number} {street}",
)  # fmt: skip
_AMERICAN = Locale(
    "US", "USD",
    _words("Emma, Liam, José, Renée, Tyrone, Mai, Dakota, Chloé"),
    _words("Johnson, Nuñez, García, Nguyen, Washington, Van Buren, Müller, Smith"),
    _words("Home Furnishings, Hardware, Foods, Logistics, \"Best\" Desks, Outdoor"),
    _words("Inc., LLC, Corp., & Co."),
    _words("Main Street, Martin Luther King Jr. Blvd., 5th Avenue, Elm Street"),
    _words("Chicago, San José, Winston-Salem, Coeur d'Alene"), "#####",
    street="{number} {street}", states=("IL", "CA", "NC", "ID"),
)  # fmt: skip
_GERMAN = Locale(
    "DE", "EUR",
    _words("Jürgen, Änne, Günther, Käthe, Björn, Sören, Lieselotte"),
    _words("Müller, Weiß, Groß, Schröder, Jäger, Österreicher, von der Tann, Strauß"),
    _words("Möbelwerke, Büromöbel, Großhandel, Küchenstudio, Gerätebau, Straßenbedarf"),
    _words("GmbH, AG, GmbH & Co. KG, e.K., OHG"),
    _words("Königstraße, Gänsemarkt, Große Bleichen, Lindenweg"),
    _words("München, Düsseldorf, Köln, Gießen, Überlingen"), "#####",
)  # fmt: skip
_FRENCH = Locale(
    "FR", "EUR",
    _words("Éloïse, François, Hélène, Jérôme, Maëlle, Noël, Anaïs"),
    _words("Lefèvre, Bœuf, L'Hôpital, Dupré, de La Fontaine, Gautier"),
    _words("Ébénisterie, Meubles, Boulangerie, Pièces détachées, Énergie"),
    _words("SARL, SAS, S.A., & Fils, EURL"),
    _words("rue de l'Église, avenue Foch, place d'Armes, chemin des Chênes"),
    _words("Orléans, Nîmes, Saint-Étienne, L'Haÿ-les-Roses"), "#####",
    street="{number}, {street}",
)  # fmt: skip
_NORDIC = Locale(
    "DK", "DKK",
    _words("Søren, Åse, Bjørn, Ægir, Jørgen, Kåre, Øyvind"),
    _words("Ærø, Sørensen, Ågård, Nygård, Bjørk, Østergård"),
    _words("Møbler, Køkken, Læder, Håndværk, Sø og Fjord"),
    _words("A/S, ApS, I/S"),
    _words("Nørregade, Østerbrogade, Algade"), _words("København, Ærøskøbing, Århus, Skærbæk"), "####",
)  # fmt: skip
_CZECH = Locale(
    "CZ", "CZK",
    _words("Jiří, Žofie, Václav, Růžena, Šimon"), _words("Dvořák, Černý, Růžička, Šťastný, Procházková"),
    _words("Nábytek, Sklářství, Pivovar, Truhlářství"), _words("s.r.o., a.s., v.o.s."),
    _words("Žižkova, Křižíkova, náměstí Míru"),
    _words("Plzeň, České Budějovice, Třebíč, Ústí nad Labem"), "### ##",
)  # fmt: skip
_TURKISH = Locale(
    "TR", "TRY",
    _words("İpek, Işıl, Çağrı, Gülşen, Ömer, Şebnem"), _words("Yılmaz, Çelik, Şahin, Öztürk, Ağaoğlu"),
    _words("Mobilya, Dış Ticaret, İnşaat, Gıda"), _words("A.Ş., Ltd. Şti."),
    _words("İstiklal Caddesi, Atatürk Bulvarı, Çiçek Sokak"),
    _words("İstanbul, İzmir, Diyarbakır, Iğdır"), "#####",
)  # fmt: skip
_POLISH = Locale(
    "PL", "PLN",
    _words("Łukasz, Żaneta, Bogusława, Grzegorz, Święcisław"),
    _words("Wójcik, Źrebiec, Kowalczyk, Gąsior, Łęcka"),
    _words("Meble, Żagle, Hurtownia, Oświetlenie"), _words("Sp. z o.o., S.A., Sp.k."),
    _words("ul. Świętokrzyska, ul. Żwirki i Wigury, al. Róż"),
    _words("Łódź, Kraków, Gdańsk, Wrocław"), "##-###",
)  # fmt: skip
_VIETNAMESE = Locale(
    "VN", "USD",
    _words("Hương, Đức, Thảo, Nguyệt, Quỳnh"), _words("Nguyễn, Trần, Phạm, Đặng, Lưu"),
    _words("Nội thất, Xuất nhập khẩu, Đồ gỗ"), _words("TNHH, Cổ phần"),
    _words("Đường Lê Lợi, Phố Hàng Bạc"), _words("Hà Nội, Đà Nẵng, Cần Thơ"), "######",
    company="{form} {word} {family}", person="{family} {given}",
)  # fmt: skip
_RUSSIAN = Locale(
    "RU", "RUB",
    _words("Ольга, Фёдор, Юлия, Андрей, Щукарь, Наталья"), _words("Иванов, Ёлкина, Щербаков, Цой, Подъячева"),
    _words("Мебель, Стройматериалы, Свет, Торговый дом"), _words("ООО, ЗАО, ИП"),
    _words("ул. Ленина, Невский проспект, Тверская улица"),
    _words("Москва, Санкт-Петербург, Орёл, Йошкар-Ола"), "######",
    company="{form} «{family} и {word}»",
)  # fmt: skip
_GREEK = Locale(
    "EL", "EUR",
    _words("Ελένη, Γιώργος, Άννα, Ίων, Χρήστος"), _words("Παπαδόπουλος, Ωνάσης, Ευσταθίου, Ξανθός"),
    _words("Έπιπλα, Φωτισμός, Εμπορική, Οίνοι"), _words("Α.Ε., Ε.Π.Ε., Ο.Ε."),
    _words("Οδός Ερμού, Λεωφόρος Συγγρού"), _words("Αθήνα, Θεσσαλονίκη, Ηράκλειο, Βόλος"), "### ##",
)  # fmt: skip
_ARABIC = Locale(
    "AE", "AED",
    _words("محمد, فاطمة, عبد الله, نور, ليلى"), _words("الهاشمي, المكتوم, بن سعيد, الشامي"),
    _words("للأثاث, للتجارة, للمقاولات, للإضاءة"), _words("ش.م.م, وشركاه, القابضة"),
    _words("شارع الشيخ زايد, شارع الخليج"), _words("دبي, أبوظبي, الشارقة"), "#####",
    company="{family} {word} {form}",
)  # fmt: skip
_HEBREW = Locale(
    "IL", "ILS",
    _words("נועה, דוד, יעל, אורי, רות"), _words("כהן, לוי, בן־ארי, שפירא"),
    _words("רהיטים, תאורה, סחר, עיצוב"), _words('בע"מ, ושות\''),
    _words("רחוב הרצל, שדרות רוטשילד"), _words("תל אביב, ירושלים, חיפה"), "#######",
)  # fmt: skip
_CHINESE = Locale(
    "CN", "CNY",
    _words("伟, 秀英, 娜, 小明, 𠮷"), _words("王, 李, 欧阳, 司马, 陈"),
    _words("家具, 贸易, 照明, 电子科技"), _words("有限公司, 股份有限公司, 集团"),
    _words("人民路, 南京东路, 中山北路"), _words("上海, 北京, 深圳, 乌鲁木齐"), "######",
    company="{family}氏{word}{form}", person="{family}{given}", street="{street}{number}号",
)  # fmt: skip
_JAPANESE = Locale(
    "JP", "JPY",
    _words("さくら, 健太, ハナコ, 翔, 美咲"), _words("田中, 髙橋, 渡邉, ﾔﾏﾀﾞ, 佐々木"),
    _words("家具, 商事, ひかり照明, デザイン"), _words("株式会社, 有限会社, 合同会社"),
    _words("銀座, 新宿, 梅田"), _words("東京, 大阪市, 札幌, 葛󠄀飾区"), "###-####",
    company="{form}{family}{word}", person="{family} {given}", street="{street}{number}丁目",
)  # fmt: skip
_KOREAN = Locale(
    "KR", "KRW",
    _words("민준, 서연, 하늘, 지우"), _words("김, 이, 박, 남궁, 최"),
    _words("가구, 무역, 조명, 전자"), _words("주식회사, 유한회사, (주)"),
    _words("세종대로, 테헤란로"), _words("서울, 부산, 대구"), "#####",
    company="{form} {family}{word}", person="{family}{given}",
)  # fmt: skip
_THAI = Locale(
    "TH", "THB",
    _words("สมชาย, สุดา, กมล, พิมพ์"), _words("ศรีสุข, วงศ์ใหญ่, ทองดี"),
    _words("เฟอร์นิเจอร์, การค้า, แสงสว่าง"), _words("จำกัด, จำกัด (มหาชน)"),
    _words("ถนนสุขุมวิท, ถนนพระราม ๔"), _words("กรุงเทพฯ, เชียงใหม่, ภูเก็ต"), "#####",
    company="บริษัท {family}{word} {form}",
)  # fmt: skip

LOCALES = (
    _BRITISH, _AMERICAN, _GERMAN, _FRENCH, _NORDIC, _CZECH, _TURKISH, _POLISH, _VIETNAMESE, _RUSSIAN,
    _GREEK, _ARABIC, _HEBREW, _CHINESE, _JAPANESE, _KOREAN, _THAI,
)  # fmt: skip
"""Each is as likely as the others."""
