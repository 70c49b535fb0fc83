// xlsx.mjs FILE.xlsx: makes a workbook of one sheet of the CSV on stdin (plain: no quotes,
// cells by comma, rows by line). Members are stored, not deflated: bytes can be looked for.
import { readFileSync, writeFileSync } from "node:fs";

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const rels = "http://schemas.openxmlformats.org/package/2006/relationships";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const escape = (s) => s.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const rows = readFileSync(0, "utf8").replace(/\n$/, "").split("\n").map((line, r) => `<row r="${r + 1}">` +
    line.split(",").map((c, i) => c === "" ? "" :
        `<c r="${String.fromCharCode(65 + i)}${r + 1}" t="inlineStr"><is><t>${escape(c)}</t></is></c>`).join("") + "</row>").join("");
const parts = {
    "[Content_Types].xml": `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
    "_rels/.rels": `${head}<Relationships xmlns="${rels}"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="汇总" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${head}<Relationships xmlns="${rels}"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    "xl/worksheets/sheet1.xml": `${head}<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`,
};

function crc32(bytes) {
    let c = ~0;
    for (const b of bytes) {
        c ^= b;
        for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
    }
    return ~c >>> 0;
}

const members = [], directory = [];
let at = 0;
for (const [name, text] of Object.entries(parts)) {
    const bytes = Buffer.from(text), title = Buffer.from(name), common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(0x5a210000, 6);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(title.length, 22);
    const entry = Buffer.alloc(46);
    entry.write("PK\x01\x02", "latin1");
    entry.writeUInt16LE(20, 4);
    common.copy(entry, 6);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, title);
    members.push(Buffer.from("PK\x03\x04", "latin1"), common, title, bytes);
    at += 30 + title.length + bytes.length;
}
const list = Buffer.concat(directory), end = Buffer.alloc(22);
end.write("PK\x05\x06", "latin1");
end.writeUInt16LE(Object.keys(parts).length, 8);
end.writeUInt16LE(Object.keys(parts).length, 10);
end.writeUInt32LE(list.length, 12);
end.writeUInt32LE(at, 16);
writeFileSync(process.argv[2], Buffer.concat([...members, list, end]));
