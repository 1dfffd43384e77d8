"""The words of return codes, chosen to be heard rightly over a bad telephone line.

Plain, common Danish words of two to nine letters that a caller can spell. No two differ by one letter, also
when å, ø and æ are written aa, oe and ae, and no two are written alike by how they sound. Nothing about
death, illness, violence, crime, drugs, religion or bodies. Words may be added; one that has been given out is
never removed, or its codes would no longer be understood.
"""

_TEXT = """
aborre abrikos aften agerhøne agurk ahorn akacie akrobat akvarel akvarium album alfabet alpaka ananas anemone
anker ansjos antenne antilope appelsin april arkitekt armbånd artiskok asparges astronaut atlas aubergine
august avis avispapir avocado bacon badebold badedragt badekar badminton bager baglygte bakketop balje ballet
ballon bambus bamse banan banjo barometer basilikum basun beige bellis berømt biavler bibliotek bikube bille
billedbog billede biograf birk bistade bjerg bjælde bjørn blikdåse blishøne blomkål blomme blomst bluse blyant
blæst blå blåbær blåmejse bogfinke bogmærke bogreol bogstav boks bold bolsje bomuld bonde bondegård bonderose
bordlampe bregne bremse brev brise broccoli broderi broget brombær bronze brun bruser bræt brætspil brød
brødkurv budding bugt bukser burger bus bustur butik bænk bæver bøg bøjle bølge bølgeblik bønne børste bånd
carport chauffør chips chokolade cirkel cirkus citron computer cremet cykel cykelkurv cykelsti cykeltur
cylinder daddel dagbog daggry dahlia dal dans danser danskvand december deciliter dejlig delfin designer
dessert diamant digt digter dirigent domino dovendyr drage dressing drivhus dronning due dueslag duftende
dukke dukkehus dyne dørklokke dørmåtte edderfugl efterår egern egetræ ekspres elefant elg elleve enebær enkel
erantis eventyr fabrik falk farve farvelade farverig fasan fem fennikel ferie fersken festlig figen filt finer
fingerbøl firben fire fiskenet fisker fiskerby fjeder fjeld fjer fjernsyn fjord flag flagermus flagstang
flamingo flaske flise flittig flod flormelis fly flynder fløde flødekage flødeost flødeskum fløjl fløjte
fodbold foderbræt forfatter forklæde formiddag forsker fortov forår fotograf frakke fredag frimærke frisk
frisør frokost frugt frugtskål fryser fugl fuglehus fuglerede fuglesang fugleæg fuldmåne fyldepen fyrretræ
fyrtårn færge føl får gade gadekær gadelampe galakse gangsti garage garderobe gardin garn gartner gavepapir
gazelle gedde gejser gelænder generator gepard giraf glad glasur gletsjer globus golf grammofon gran granit
grovbolle grusvej gryde grydelap gryderet grydeske græs græshoppe græskar grævling grønkål grønlig grønsag
gråand guitar guldfisk guldregn guldsmed gulerod gulv gulvtæppe gylden gymnastik gynge gyngehest gæstebog gård
gås gåtur halm halskæde halvmåne hamster handske hare harmonika hassel hasselnød havbrise havebord havefest
havelåge havestol havfrue havn havneby havregryn havtorn havørn hegn hegnspæl hejre heldig hemmelig hest
hestesko hestevogn hilsen himmel hindbær hinkesten historie hjemlig hjemmesko hjort hjul hjørne hobby hockey
honning horisont hornfisk hortensia hotel hovedpude humlebi hummer hund hundehus hundrede hurtig husbåd hvalp
hvede hvid hvidløg hvidtjørn hyacint hyben hylde hyldesaft hytte hytteost hæfte hæklenål hængekøje hængsel
hættemåge høflig højttaler høloft høne hønsegård hønsehus hørfrø høstak høvl høvlbænk håndbold håndklæde
håndtag håndvask ide ingefær ingeniør insekt isbjørn isflage isfugl ispind istap isterning isvaffel jaguar
jakke jasmin jolle jonglør jordbær jordnød jordskok juli jungle kaffe kaffebord kaffekop kagedåse kagefad
kagerulle kahyt kajak kakao kaktus kalas kalender kalkun kalv kamel kamera kamille kampesten kamæleon kanal
kande kanin kano kantarel kapitel kappe kaptajn karamel karet karklud karm karneval karrusel karry kartoffel
karton kasket kasse kastanje kat kedel keramik kerne ketchup ketsjer kikkert kiks kilde kildevand kilo
kilometer kimono kiosk kirsebær kiwi kjole kladde klarinet klit klods klog klokke kløver knage knallert knap
knopsvane knækbrød koala kobber kogebog kogle kokosnød kolibri komet komfur kommode kompas kompot koncert
konduktør konfetti konkylie kontor kontrabas kop koriander kornmark kortspil kostume krave kridt kringle kro
krokus krone kronhjort krukke kruset krydderi krydsord krøllet kuffert kuglepen kunstner kurv kutter kuvert
kvadrat kvik kvist kylling kyst kænguru kærnemælk køjeseng køkken køkkenur køleskab kølig kålrabi ladcykel
lagen lagkage lagune lakrids laks lama lampe landevej landkort landmand landsby langrend lanterne lastbil
latter lavendel legehus legeplads legetøj leguan lemonade leopard lige liggestol lilje lilla lind lineal linse
liste liter livlig loft lommeur lufthavn luftig lupin lygte lygtepæl lyng lynlås lys lyseblå lysekrone lyserød
lysestage lystbåd lænestol lærer lærke lærred læsebog læselampe løbehjul lørdag løve løvemund madkasse madkurv
madpakke madras magnet majroe majs makrel maleri malerkost maling mandarin mandel mandolin mango maraton
marcipan margarine margerit mariehøne mark marked markise markvej marmelade marmor marts maskine matros
medalje medvind mejse mekaniker mel melodi melon messing meter middag midsommer mikrofon minut mobil modig
morgen mos mosaik motor muffin muldvarp muldyr mundharpe munter murer mursten museum musiker muskat musling
musvåge myg mynte myre myretue mælk mælkemand mælkevej mølle mønt mørkeblå møtrik måge målebånd målestok
målmand måned natbord natlampe nattergal nederdel nektarin nellike ni nikkel nisse node nordisk nordlys
notesbog nudel nylon nysgerrig nøgle odder okse oktober oliven omelet opskrift opvasker orange ordbog oregano
orkester ost ostehøvl ostemad otte oval ovn palme panda pandekage papegøje papir papirpose paprika paraply
parasol parkbænk parket passer pasta pastinak peanut peber peberrod pedal pejs pelikan penalhus pensel perle
persienne persille picnic pil pilot pindsvin pingvin piskeris pistacie pizza plads planet planke platan plov
plæne pokal polarræv poncho pony popcorn poppel porre port postbud postkasse postkort prikket prins prinsesse
printer propel pude puma pumpe punkt purløg puslespil pyjamas pyramide pædagog pære pæretræ påfugl rabarber
radar radiator radio radise ramme ranke rapsmark redekasse regnbue regndråbe regnjakke regnorm regntøj
regnvejr reje remoulade rensdyr reol ribs ridder ridning rigtig rimfrost ring risengrød rive rivejern robot
rokke rolig roning rose rosenbed rosenbusk rosenkål rosin rosmarin roulade rubin rug rugbrød rugmel rulle
rumfart rumskib rundbold rutebil rygeost rygsæk rytme rækkehus ræv rødbede rødkælk rødkål rødspætte rønnebær
rådhus rådyr safir safran saft saftevand saftig salat saltbøsse salvie sandal sandkasse sandkorn sandpapir
sandslot sandwich sangbog sanger savanne saxofon scene seddel sejlads sejlbåd sejldug sejltur sektor sekund
selleri seng sengetøj sennep serviet sesam shelter sild silke sirup sjal sjælden skab skalotte skammel ske
skifer skilift skjorte skole skolebord skomager skorsten skovbund skovl skovsti skovsø skovtur skrin skrue
skræl skråning skuffe skulptur skum skumfidus skumring skygge skyr skærebræt skærm skøjte skål slette slot
sluseport sløjfe slåbrok smaragd smed smil smykke smør småkage snebold snedker snefnug snegl snehare snemand
snesko sneugle snurretop sodavand sofa sofapude softice solbær solcreme solhat solopgang solrig solsikke
solskin solsort solstråle solur sommer sommerhus sovepose spade spaghetti spand sparegris spejder spejl
spejlæg spinat spiral spire spisebord sprød spurv spændende spætte spån squash stafet staffeli stakit stamme
statue stenbider steppe sti stige stilk stille stjerne stokrose stol storby stork strand strandhus stribet
struds stræde strømpe stue styrmand støvle støvsuger sukker suppe suppeske svamp svane svævebane svævefly
svømning sweater symaskine symfoni sytøj syv sæbe sæbeboble sætning søbred søhest sølv søm søndag søstjerne
tagrende tagrør takt tallerken tandhjul tape tastatur tavle taxa teater tebrev tegnebog tegner tekande telefon
telt teltdug tennis tepotte ternet terning terrasse teske tidevand tidsel tiger time timian tirsdag tivoli
tjener toast tolv tomat tommestok torvedag trafiklys traktor trampolin trane tranebær trappe tredive trekant
triangel trillebør trofast trold troldmand tromme trompet trylleri træbænk træbåd træhus træsko trøje tråd
tuba tulipan tunfisk turbine turkis tusind tusindben tyttebær tyve tæppe tærte tøffel tøjklemme tømrer
tørklæde tålmodig tårnfalk udflugt udhus udsigt ugeblad ugle uldhue uldsok uldtrøje undulat urmager urtepotte
vaffel valnød vandhane vandkande vandlilje vandløb vandpyt vandretur vanilje vante vase vaskebræt vasketøj
vaterpas vedbend vej vejkryds vejrhane vejskilt vejviser venlig vibe vicevært villavej vimpel vindmølle vindue
vinge vingummi vinkel vinter vintergæk vintersko viol violet violin vitrine vogn væg vægur vækkeur værelse
værksted værktøj vævestol vågen weekend yoga yoghurt æble æblegrød æblemost æbleskive æbletræ ædelgran
æggebakke æggebæger ærlig ærme ært ørering ørken ørn ørred østers åben årstid zebra zoo
"""

RETURN_WORDS: tuple[str, ...] = tuple(_TEXT.split())
