//! What the tests share: invented collections, and a walk that gathers what is found.

use std::io::Write;
use std::ops::ControlFlow;

use reftel_sources::{Collections, Found, Input, Item, Limits, Reading, Refused, open};
use reftel_telegram::Context;

pub(crate) const TELEGRAM: &str = "R 101530Z MAR 79\nFM AMEMBASSY VALDORIA\nTO SECSTATE WASHDC\nBT\n\
    UNCLAS VALDORIA 1234\nSUBJECT: FERRIES\nREF: STATE 56\n1. NO CHANGE.\nDOE\nBT\n";

/// Two rows of eight columns, with quotes of both kinds, and line ends within.
pub(crate) const CABLES: &str = "\"1\",\"6/11/2009 9:28\",\"09VALDORIA1000\",\"Embassy Valdoria\",\"CONFIDENTIAL\",\
    \"09STATE54767|09PORTALDER12\",\"VZCZCXRO6229\nOO RUEHBI\",\"C O N F I D E N T I A L VALDORIA 001000\n\n\
    SUBJECT: \\\"FERRIES\\\" AND \"\"ROADS\"\"\n\n1. (C) NO CHANGE.\nDOE\"\n\
    \"2\",\"12/1/2009 23:05\",\"09PORTALDER45\",\"Consulate Port Alder\",\"UNCLASSIFIED//FOR OFFICIAL USE ONLY\",\"\",\"\",\
    \"The ferry has come.\"\n";

/// A volume with a document in each of three styles, a memorandum, and lists of persons and terms.
pub(crate) const VOLUME: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:id="frus1901-05v99">
<teiHeader><fileDesc><titleStmt><title type="complete">Foreign Relations, Valdoria, 1901</title></titleStmt></fileDesc></teiHeader>
<text><front><div type="section"><list type="persons">
<item><hi rend="strong"><persName xml:id="p_RJ1">Roe, Jane</persName></hi>, Minister of Ferries</item>
<item><hi rend="strong"><persName xml:id="p_DJ1">Doe, John</persName></hi>, not in any telegram</item></list>
<list type="terms"><item><hi rend="strong"><term xml:id="t_FER1">FER</term></hi>, Ferry Board</item></list></div></front>
<body>
<div type="document" xml:id="d1" n="1">
  <note rend="inline" type="source">740.0011/755: Telegram</note>
  <head><hi rend="italic">The Ambassador in Valdoria</hi> (<persName type="from">Doe</persName>) <hi rend="italic">to the <gloss type="to">Secretary of State</gloss></hi></head>
  <opener><dateline><placeName><hi rend="smallcaps">Valdoria</hi></placeName>, <date when="1941-12-08T12:00:00">December 8, 1941—noon</date>.<lb/>[Received 4:03 p.m.]</dateline></opener>
  <p>705. Saw <persName corresp="#p_RJ1">Roe</persName><note n="3" xml:id="d1fn1">Jane Roe; see <ref target="#d2">Document 2</ref>.</note> this morning &amp; she
     promised [<hi rend="italic">less than 1 line not declassified</hi>].</p>
  <p>The <gloss target="#t_FER1">FER</gloss> agrees.</p>
  <closer><signed><hi rend="smallcaps">Doe</hi></signed></closer>
</div>
<div type="document" xml:id="d2" n="2">
  <head>2. Telegram 722 From <gloss type="from">the Embassy in Iran</gloss> to <gloss type="to">the Department of State</gloss>, May 5, 1971, 1001Z<note n="1" xml:id="d2fn1" type="source">Source: National Archives, Box 1. Secret; Priority; Exdis. Repeated to London.</note></head>
  <dateline><date when="1971-05-05T10:01:00Z">May 5, 1971, 1001Z</date></dateline>
  <p>1. Ferries are late.</p><p>2. So are roads.</p>
</div>
<div type="document" xml:id="d3" n="3">
  <head>3. Telegram 495 From the Embassy in Iran to the Department of State</head>
  <p>TELEGRAM<lb/> Department of State<lb/> TEHRAN 495<lb/> O 301400Z JAN 71</p>
  <list type="from"><head>FM</head><item>AMEMBASSY TEHRAN</item></list>
  <list type="to"><head>TO</head><item>SECSTATE WASHDC IMMEDIATE 3339</item></list>
  <list type="subject"><head>SUBJ:</head><item>FERRIES</item></list>
  <p>1. NO CHANGE.</p>
</div>
<div type="document" xml:id="d4" n="4"><head>4. Memorandum of Conversation</head><p>Ferries were discussed.</p></div>
</body></text></TEI>
"##;

pub(crate) const NARA: &str = "Message Text\n\n\nPAGE 01 VALDOR 01234 101600Z\nACTION EUR-12\nINFO OCT-01 /013 W\n\
    --------------------- 012345\nR 101530Z MAR 75\nFM AMEMBASSY VALDORIA\nTO SECSTATE WASHDC 4821\n\
    C O N F I D E N T I A L VALDORIA 1234\nE.O. 11652: GDS\nSUBJ: FERRIES\n1. NO CHANGE.\nDOE\n\n\n\n\
    Message Attributes\n\nAutomatic Decaptioning: X\nCapture Date: 01 JAN 1994\nConcepts: FERRIES, ROADS\n\
    Document Number: 1975VALDORIA01234\nDraft Date: 10 MAR 1975\nFrom: VALDORIA\nOriginal Classification: CONFIDENTIAL\n\
    Reference: 75 STATE 56\nTAGS: PFOR, VD\nTo: STATE\nType: TE\n";

/// Attributes of a telegram whose text is gone.
pub(crate) const STUB: &str = "Message Text\n\n\nMessage Attributes\n\nDocument Number: 1974VALDORIA00077\n\
    Draft Date: 01-Feb-1974 12:00:00 am\nFrom: VALDORIA\nLocator: MICROFILM\nOriginal Classification: SECRET\n\
    Subject: FERRY\n  TARIFF\nTAGS: PFOR, US\nTo: STATE;PORT ALDER\n";

pub(crate) const MBOX: &str = "From doe@valdoria.example Thu Jun 11 09:28:00 2009\nFrom: \"AMEMBASSY VALDORIA\" <a@mmhs.invalid>\n\
    To: \"SECSTATE WASHDC\" <b@mmhs.invalid>\nSubject: FERRIES\nDate: Thu, 11 Jun 2009 09:28:00 +0000\n\
    MMHS-Originator-Reference: VALDORIA 1000\nMMHS-Primary-Precedence: priority\nMessage-ID: <1@mmhs.invalid>\n\n\
    SUBJECT: FERRIES\n\n1. NO CHANGE.\n\nFrom roe@valdoria.example Thu Jun 11 10:28:00 2009\nSubject: LUNCH\n\
    Message-ID: <2@mmhs.invalid>\n\nAt noon?\n";

/// All that is found in some bytes.
pub(crate) fn walk_with(
    name: &str,
    bytes: &[u8],
    collections: &Collections,
    limits: &Limits,
) -> (Vec<Item>, Vec<Refused>) {
    let (mut items, mut refused) = (Vec::new(), Vec::new());
    let _ = open(name, Input::Bytes(bytes), collections, limits, &mut |found| {
        match found {
            Found::Item(item) => items.push(item),
            Found::Refused(one) => refused.push(one),
        }
        ControlFlow::Continue(())
    });
    (items, refused)
}

pub(crate) fn walk(name: &str, bytes: &[u8]) -> (Vec<Item>, Vec<Refused>) {
    walk_with(name, bytes, &Collections::built_in(), &Limits::default())
}

/// The telegrams of an item.
pub(crate) fn read(item: &Item) -> Vec<Reading> {
    reftel_sources::read(&item.bytes, &item.reader, &Collections::built_in(), &Context::default()).unwrap()
}

/// A zip of these files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A tar of these files.
pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        // Set as bytes: the library refuses to write what climbs.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}
