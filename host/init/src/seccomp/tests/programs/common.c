#include <pthread.h>
#include <stdio.h>

static void *square(void *number) {
    *(int *)number *= *(int *)number;
    return number;
}

int main(void) {
    int number = 3;
    pthread_t thread;
    pthread_create(&thread, NULL, square, &number);
    pthread_join(thread, NULL);
    puts(number == 9 ? "well" : "ill");
    return 0;
}
