#include "query/question.h"

/* Interrogatives of modern Chinese (吕叔湘《现代汉语八百词》, the entries on 什么, 怎么,
 * 哪, 谁, 几, 多, 是否), what they are asked with, and the particles that end a question.
 * Longer ones before those that they begin with. */
static const char *const word[] = {
    "什么时候", "为什么", "是不是", "有没有", "能不能", "会不会", "可不可以", "怎么办",
    "怎么样",   "什么",   "怎么",   "怎样",   "如何",   "是否",   "能否",     "可否",
    "哪些",     "哪个",   "哪里",   "哪一",   "哪",     "多少",   "多久",     "几个",
    "何时",     "何种",   "何",     "谁",     "吗",     "呢",     "请问",     "应该",
    "应当",     "可以",   "需要",   "如果",   "该",
};

static size_t length_at(struct str rest) {
    for (size_t i = 0; i < ARRAY_LEN(word); i++)
        if (str_starts(rest, str_of(word[i]))) return strlen(word[i]);
    return 0;
}

void question_strip(struct str norm, struct buf *out) {
    for (size_t at = 0; at < norm.n;) {
        size_t n = length_at(str_slice(norm.p + at, norm.n - at));
        if (n)
            buf_add_char(out, ' ');
        else
            buf_add_char(out, norm.p[at]);
        at += n ? n : 1;
    }
}
