/** A script, bundled by the build, as text: what a worker is started with. */
declare module '*?script' {
  const source: string
  export default source
}
