package privacy

import (
	"strings"
	"unicode/utf8"
)

// addUserNames adds the user names that are usually made of a family name and an initial
// of the list, in either order, as in jrosen and rosenj.
func (d *DenyList) addUserNames() {
	for _, family := range d.families {
		for _, c := range d.initials {
			if c >= utf8.RuneSelf {
				continue
			}
			initial := string([]byte{c})
			d.addUserName(initial + family)
			d.addUserName(family + initial)
		}
	}
	d.families = nil
}

func (d *DenyList) addUserName(name string) {
	if !isOrdinaryWord(name) && !chanceWords[name] {
		d.words.add(name, term{class: Name, kind: termUserName})
		d.startWith(name)
	}
}

// chanceWords are words that an initial and a family name happen to make.
var chanceWords = setOf(strings.Fields(`abase abate above across ahead alone along aloud arose around aside atone await awake award aware bakery balls batch beast bellow bells birds black
	blake blame blight block bother brace brain brand breed brick bride bright bring brook brother brown callow carry catch change charm chart chase chest
	chill clack clang cleave clever click cling clock clone cloud coates cooked crane crash crest crook cross crown crush dashes ditch drain drains drill
	drone drown early either eking elude fallen father fellow fields fishy flake flame flash flesh flick flight fling flock flower flowers folder follow
	frame freed frees fresh fright frill frown gather gnash golden goods grace grain grand grange grant grants great green grill groom gross ground
	grounds grown guide hands handy harris harsh hashes hatch heads heather holder hollow hoped hopes ident knights lands lanes latch lather layers least
	leather linker locks lower lowers lucky marks marsh match mellow mille milli moore mother nearly nicer number numbers other others paged pager pages
	parish parks patch peaks phone picks picky pillow pitch plane player players pledge plough pluck pooled pools ported posts powers price prick pride
	prone prose proud quick quill raced racer races rather reads ready rights rings roles roots rounds rusty salts sample scarlet school scold scope
	scratch scream shaken shale shall shallow shame shard share shell shock shook shove shunt since skill slack slang sledge sleep slice slick slight
	sling slower smart smiles smock spare spark sparks speak speaks spear spike spill spine spoke spool sprain sprains spray spring stable stack stale
	stall stars start state steal steel stick still sting stitch stock stone stored strain strand stray stream stride string stuck stump swallow swamp
	sward swatch swells swing switch swollen thatch thead thick through thump towers trace track train treat trees trick trough trump trust twice twitch
	unwind usage vales waits wakes walks walls watch weather weird welder whale wheel wheels whine willow wince witch wolff woody wring yearly yellow`))
