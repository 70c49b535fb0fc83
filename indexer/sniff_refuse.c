/* What to tell about a file that is not taken. Declared in sniff.h. */
#include "indexer/sniff_part.h"

#include <sys/stat.h>

#define HEAD 4096u
#define REFUSE(err, ...) err_set(err, STATUS_INVALID, "E_FILE", __VA_ARGS__)

/* "；其中 3 个成员：a、b、c", as many as have room. */
static void describe(const struct zip_look *look, struct buf *out) {
    if (!look->readable) {
        buf_add_z(out, "；它的目录读不出来：文件不完整、已损坏或成员过多");
    } else if (look->members == 0) {
        buf_add_z(out, "；里面没有成员");
    } else {
        buf_add_f(out, "；其中 %lld 个成员", (long long)look->members);
        if (look->listed) buf_add_f(out, "：%s", look->list);
        if (look->listed && look->listed < look->members) buf_add_z(out, " 等");
    }
}

static enum status refuse_zip(int fd, bool national, struct str head, struct err *err) {
    struct stat info;
    if (fstat(fd, &info) != 0) return err_errno(err, "读取失败");
    struct zip_look look;
    enum status st = sniff_zip(fd, info.st_size, head, &look, err);
    if (st != STATUS_OK) return st;
    struct buf members = buf_init(0);
    describe(&look, &members);
    if (national)
        st = REFUSE(err,
                    "这是国家科技成果登记系统单机版导出的上报文件，内容格式没有公开，不能"
                    "直接导入；请另报 Excel 汇总表（xlsx 或 csv）%s",
                    buf_z(&members));
    else
        st = REFUSE(err, "这是压缩包（zip），不是表格；请解压后导入其中的表格文件%s",
                    buf_z(&members));
    buf_done(&members);
    return st;
}

static enum status refuse_xml(struct str head, struct err *err) {
    static const char sheet[] = "urn:schemas-microsoft-com:office:spreadsheet";
    if (memmem(head.p, head.n, sheet, sizeof sheet - 1))
        return REFUSE(err, "这是“XML 表格 2003”，不能读取；请用 Excel 或 WPS 打开，另存为"
                           "“Excel 工作簿（*.xlsx）”再导入");
    return REFUSE(err, "这是 XML 文件，不是表格；请改报 xlsx、csv 或 JSON Lines");
}

static enum status refuse_binary(struct str head, struct err *err) {
    const unsigned char *p = (const unsigned char *)head.p;
    if (head.n >= 4 && p[0] == 0xD0 && p[1] == 0xCF)
        return REFUSE(err, "这是旧版 Office 格式的文件，但里面没有找到工作簿，或者文件不"
                           "完整；请用 Excel 或 WPS 打开，另存为 xlsx 再导入");
    if (head.n >= 4 && p[0] == 9 && p[3] == 0)
        return REFUSE(err, "这是很旧的 Excel 格式（5.0 以前），不能读取；请用 WPS 或 "
                           "LibreOffice 打开，另存为 xlsx 再导入");
    if (head.n >= 13 && memcmp(p, "\0\1\0\0Standard ", 13) == 0)
        return REFUSE(err, "这是 Access 数据库，不能读取；请把其中的表导出为 xlsx 或 csv "
                           "再导入");
    return REFUSE(err, "认不出这是什么文件（不是文本）；可以导入 xlsx、xls、csv 和 JSON "
                       "Lines，请核对是否选错了文件");
}

enum status sniff_refuse(int fd, enum file_kind k, struct err *err) {
    char bytes[HEAD];
    size_t n;
    enum status st = sniff_read(fd, bytes, sizeof bytes, 0, &n, err);
    if (st != STATUS_OK) return st;
    struct str head = str_slice(bytes, n);
    switch (k) {
        case FILE_EMPTY:
        case FILE_JSONL:
        case FILE_TEXT:
        case FILE_XLSX:
        case FILE_XLS:
            return STATUS_OK;
        case FILE_ENCRYPTED:
            return REFUSE(err, "文件加了密码，读不出来；请用 Excel 或 WPS 打开，取消密码"
                               "后另存为 xlsx 再导入");
        case FILE_XLSB:
            return REFUSE(err, "这是 Excel 二进制工作簿（xlsb），不能读取；请用 Excel "
                               "打开，另存为“Excel 工作簿（*.xlsx）”再导入");
        case FILE_ODS:
            return REFUSE(err, "这是 OpenDocument 电子表格（ods），不能读取；请用 WPS 或 "
                               "LibreOffice 打开，另存为 xlsx 再导入");
        case FILE_DOCX:
        case FILE_DOC:
            return REFUSE(err, "这是文字处理文档（Word），不是表格；请把其中的表格复制到 "
                               "Excel 或 WPS 表格，存为 xlsx 再导入");
        case FILE_PDF:
            return REFUSE(err, "这是 PDF，其中的表格不能可靠地读出；请向报送单位索取原来"
                               "的表格文件（xlsx）");
        case FILE_HTML:
            return REFUSE(err, "这是网页（HTML），不是真正的 Excel 文件，即使文件名是 "
                               ".xls；请用 Excel 或 WPS 打开，另存为“Excel 工作簿"
                               "（*.xlsx）”再导入");
        case FILE_XML:
            return refuse_xml(head, err);
        case FILE_NATIONAL:
            return refuse_zip(fd, true, head, err);
        case FILE_ZIP:
            return refuse_zip(fd, false, head, err);
        case FILE_RAR:
            return REFUSE(err, "这是压缩文件（RAR、7-Zip 或 gzip 等），不是表格；请解压后"
                               "导入其中的表格文件");
        case FILE_IMAGE:
            return REFUSE(err, "这是图片，其中的表格读不出来；请向报送单位索取原来的表格"
                               "文件（xlsx）");
        case FILE_BINARY:
        case FILE_KIND_COUNT:
            break;
    }
    return refuse_binary(head, err);
}
