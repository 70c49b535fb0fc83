// inflate.mjs FOLDER: prints every byte below the folder as it is and, because the index
// keeps document data deflated, whatever inflates at any offset of its files.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { constants, inflateRawSync } from "node:zlib";

// Far more than the data of one document; a run of equal bytes would inflate without end
// from each of its offsets.
const most = 1 << 16;
const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: most };

function walk(path) {
    if (statSync(path).isDirectory()) return readdirSync(path).sort().flatMap((n) => walk(join(path, n)));
    return [path];
}

for (const file of walk(process.argv[2])) {
    const bytes = readFileSync(file);
    process.stdout.write(`\n== ${file}\n`);
    process.stdout.write(bytes);
    if (!file.includes("/index/")) continue;
    for (let at = 0; at < bytes.length; at++) {
        // a block of type 3 is no beginning of deflated data, and stored text is plain
        const type = (bytes[at] >> 1) & 3;
        if (type !== 1 && type !== 2) continue;
        try {
            const out = inflateRawSync(bytes.subarray(at, at + most), options);
            if (out.length > 16) process.stdout.write(`\n-- ${file} +${at}\n${out}`);
        } catch {
            // nothing deflated begins here
        }
    }
}
