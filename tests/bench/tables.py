#!/usr/bin/env python3
"""tables.py ROWS DIR: the same registrations as DIR/rows.csv (UTF-8), DIR/rows-gb.csv (GB18030)
and DIR/rows.xlsx (shared strings), 12 columns and about 300 bytes of UTF-8 a row, for
chengguo-readers. Every text is made up; titles and numbers differ from row to row."""
import sys, zipfile
from xml.sax.saxutils import escape

HEAD = '登记号 成果名称 成果类别 成果密级 第一完成单位 单位属性 统计年度 批准登记日期 关键词 课题来源 联系电话 成果简介'.split()
PLACES = '晋川 汾阳岭 云冈河 太岳坡 绵山沟 五峰台 娄烦湾 右玉原'.split()
THINGS = '瓦斯抽采 煤矸石利用 粉煤灰制砖 苹果贮藏 谷子选育 镁合金铸造 焦炉煤气净化 黄土边坡监测'.split()
WAYS = '关键技术研究 装备研制 工艺优化 系统开发 方法与应用 示范推广'.split()


def row(i):
    place, thing, way = PLACES[i % 8], THINGS[i // 8 % 8], WAYS[i // 64 % 6]
    return [f'914{2015 + i % 10}Y{i % 10000:04d}', f'{place}矿区{thing}{way}（第{i}号）', '应用技术成果', '非密',
            f'{place}示范{"大学" if i % 3 else "研究院"}', '大专院校', str(2015 + i % 10), f'{2015 + i % 10}年{i % 12 + 1}月{i % 28 + 1}日',
            f'{thing}、{way[:2]}、{place}', '地方计划', f'0351-{i % 10000000:07d}',
            f'针对{place}地区{thing}中的问题，提出{way}方案，经{i % 90 + 10}次试验验证。']


def column(n):
    return chr(65 + n)


def xlsx(path, rows):
    strings, cell = {}, []
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        z.writestr('[Content_Types].xml', '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                   '<Default Extension="xml" ContentType="application/xml"/>'
                   '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                   '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
                   '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
                   '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>')
        rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
        head = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        z.writestr('_rels/.rels', f'{head}<Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        z.writestr('xl/_rels/workbook.xml.rels', f'{head}<Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/>'
                   f'<Relationship Id="r2" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/></Relationships>')
        main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
        z.writestr('xl/workbook.xml', f'<?xml version="1.0"?><workbook xmlns="{main}" xmlns:r="{rel}"><sheets>'
                   '<sheet name="登记成果" sheetId="1" r:id="r1"/></sheets></workbook>')
        with z.open('xl/worksheets/sheet1.xml', 'w', force_zip64=True) as f:
            f.write(f'<?xml version="1.0"?><worksheet xmlns="{main}"><sheetData>'.encode())
            for n, r in enumerate(chain(rows), 1):
                cell.clear()
                for k, v in enumerate(r):
                    s = strings.setdefault(v, len(strings))
                    cell.append(f'<c r="{column(k)}{n}" t="s"><v>{s}</v></c>')
                f.write(f'<row r="{n}">{"".join(cell)}</row>'.encode())
            f.write(b'</sheetData></worksheet>')
        with z.open('xl/sharedStrings.xml', 'w', force_zip64=True) as f:
            f.write(f'<?xml version="1.0"?><sst xmlns="{main}" uniqueCount="{len(strings)}">'.encode())
            for s in strings:
                f.write(f'<si><t>{escape(s)}</t></si>'.encode())
            f.write(b'</sst>')


def chain(rows):
    yield HEAD
    yield from rows


count, folder = int(sys.argv[1]), sys.argv[2]
for name, encoding in (('rows.csv', 'utf-8'), ('rows-gb.csv', 'gb18030')):
    with open(f'{folder}/{name}', 'w', encoding=encoding, newline='') as f:
        for r in chain(map(row, range(count))):
            f.write(','.join(r) + '\r\n')
xlsx(f'{folder}/rows.xlsx', map(row, range(count)))
