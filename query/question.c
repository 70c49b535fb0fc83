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

/* Words of the trade that hold one of them. */
static const char *const other[] = {
    "几何", "何首乌", "吗啡", "吗啉", "吗丁啉", "吗替麦考酚酯", "呢绒", "毛呢",
};

/* Bytes of the first of the `n` words that `rest` begins with, or 0. */
static size_t length_at(struct str rest, const char *const *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_starts(rest, str_of(list[i]))) return strlen(list[i]);
    return 0;
}

void question_strip(struct str norm, struct buf *out) {
    for (size_t at = 0; at < norm.n;) {
        struct str rest = str_slice(norm.p + at, norm.n - at);
        size_t kept = length_at(rest, other, ARRAY_LEN(other));
        size_t asks = kept ? 0 : length_at(rest, word, ARRAY_LEN(word));
        if (asks == 0 && kept == 0) kept = 1;
        if (asks)
            buf_add_char(out, ' ');
        else
            buf_add(out, rest.p, kept);
        at += asks + kept;
    }
}
